const focusable = 'button, select, summary, [tabindex]';

/** What has the focus within some content; puts it on what is in its place when the content has been made anew. */
export function focusIn(content: HTMLElement): () => void {
  const { activeElement: focused } = document;
  const part = focused && content.contains(focused) ? focused.closest('figure[id], section[id]') : null;
  if (!focused || !part) return () => {};
  const at = [...part.querySelectorAll(focusable)].indexOf(focused);
  return () => {
    document.getElementById(part.id)?.querySelectorAll<HTMLElement>(focusable)[at]?.focus({ preventScroll: true });
  };
}
