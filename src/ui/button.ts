/** A button of a message. */
export interface Button {
  title: string;
  run(): unknown;
}

/** Shows a message with buttons, and does what the chosen one is for. */
export async function offer(
  show: (message: string, ...titles: string[]) => Thenable<string | undefined>,
  message: string,
  buttons: readonly Button[],
): Promise<void> {
  const answer = await show(message, ...buttons.map(({ title }) => title));
  await buttons.find(({ title }) => title === answer)?.run();
}
