// @ts-check

/**
 * @typedef {object} Part of the output
 * @property {(text: string) => void} write
 * @property {() => void} end nothing more comes
 */

/**
 * Shows what several write at a time as if one had written after the other: the first part that has not ended is shown as
 * it comes, the later ones when it is their turn.
 * @param {(text: string) => void} show
 * @returns {{ add(): Part }} parts are shown in the order in which they are added
 */
export function inOrder(show) {
  /** @type {{ held: string[], ended: boolean }[]} those that have not been shown to their end */
  const parts = [];

  function showNext() {
    for (let first; (first = parts[0]);) {
      first.held.splice(0).forEach(show);
      if (!first.ended) {
        return;
      }
      parts.shift();
    }
  }

  return {
    add() {
      const part = { held: /** @type {string[]} */ ([]), ended: false };
      parts.push(part);
      return {
        write(text) {
          part.held.push(text);
          showNext();
        },
        end() {
          part.ended = true;
          showNext();
        },
      };
    },
  };
}
