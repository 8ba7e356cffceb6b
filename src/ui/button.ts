/** A button of a message. */
export interface Button {
  title: string;
  run(): unknown;
}

/** Shows a message with buttons, and does what the chosen one is for; when that fails, `failed` says so. */
export async function offer(
  show: (message: string, ...titles: string[]) => Thenable<string | undefined>,
  message: string,
  buttons: readonly Button[],
  failed: (error: unknown) => void,
): Promise<void> {
  const answer = await show(message, ...buttons.map(({ title }) => title));
  try {
    await buttons.find(({ title }) => title === answer)?.run();
  } catch (error) {
    failed(error);
  }
}
