import * as vscode from 'vscode';

type Ask =
  | 'showInformationMessage'
  | 'showWarningMessage'
  | 'showErrorMessage'
  | 'showInputBox'
  | 'showQuickPick'
  | 'showSaveDialog'
  | 'showOpenDialog';

/** Answers a list with whatever it offers first, or last. */
export const theFirst = Symbol('the first');
export const theLast = Symbol('the last');

interface Item {
  label: string;
  description?: string;
}

/** A list of labels is for a list of which several can be chosen. A promise is an answer that takes its time. */
type Answer = string | readonly string[] | Promise<string> | typeof theFirst | typeof theLast | undefined;

/** Said on a busy machine: no part of what is asked here. */
const slowness = / ?That was over twice the expected .* where it usually takes .*?\.(?= |$)/;

/** Sits in front of VS Code: sees what is said and asked, and answers. Disposal puts VS Code's own dialogs back. */
export class Person implements Disposable {
  /** Messages and questions, in order. */
  readonly heard: string[] = [];
  /** The small print of modal questions. */
  readonly details: string[] = [];
  /** What was said below the texts that were typed. */
  readonly hints: string[] = [];
  /** What the items of the last list were described with. */
  offered: (string | undefined)[] = [];
  labels: string[] = [];
  /** The path that a dialog for a new file began with. */
  suggested = '';
  private readonly answers: Answer[] = [];
  private readonly originals = new Map<Ask, unknown>();

  constructor() {
    for (const name of ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const) {
      this.replace(name, (message: string, ...rest: unknown[]) => {
        this.heard.push(message.replace(slowness, ''));
        const options = rest.find((each) => typeof each === 'object') as vscode.MessageOptions | undefined;
        if (options?.detail !== undefined) this.details.push(options.detail);
        const buttons = rest.filter((each) => typeof each === 'string');
        return Promise.resolve(buttons.length > 0 ? this.answers.shift() : undefined);
      });
    }
    this.replace('showInputBox', async ({ validateInput }: vscode.InputBoxOptions) => {
      const answer = await this.answers.shift();
      const hint = typeof answer === 'string' ? await validateInput?.(answer) : undefined;
      if (hint) this.hints.push(typeof hint === 'string' ? hint : hint.message);
      return answer;
    });
    this.replace('showQuickPick', async (items: Item[]) => {
      this.offered = items.map(({ description }) => description);
      this.labels = items.map(({ label }) => label);
      const label = await this.answers.shift();
      if (Array.isArray(label)) return items.filter((item) => label.includes(item.label));
      if (label === theLast) return items.at(-1);
      return label === theFirst ? items[0] : items.find((item) => item.label === label);
    });
    const file = async () => {
      const answer = await this.answers.shift();
      return typeof answer === 'string' ? vscode.Uri.file(answer) : undefined;
    };
    this.replace('showSaveDialog', (options: vscode.SaveDialogOptions) => {
      this.suggested = options.defaultUri?.path ?? '';
      return file();
    });
    this.replace('showOpenDialog', async () => {
      const chosen = await file();
      return chosen && [chosen];
    });
  }

  /** What is answered to the next questions: a button, a label, a text or a file's path; undefined closes them. */
  willAnswer(...answers: Answer[]): this {
    this.answers.push(...answers);
    return this;
  }

  get last(): string {
    return this.heard.at(-1) ?? '';
  }

  [Symbol.dispose](): void {
    for (const [name, value] of this.originals)
      Object.defineProperty(vscode.window, name, { value, configurable: true });
  }

  private replace(name: Ask, value: unknown): void {
    this.originals.set(name, vscode.window[name]);
    Object.defineProperty(vscode.window, name, { value, configurable: true, writable: true });
  }
}
