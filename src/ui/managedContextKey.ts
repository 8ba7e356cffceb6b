import * as vscode from 'vscode';

/** A context key for `when` clauses, written only when it changes. */
export class ManagedContextKey<T extends string | boolean> {
  private current: T | undefined;

  constructor(private readonly name: string) {}

  set(value: T): void {
    if (value === this.current) return;
    this.current = value;
    void vscode.commands.executeCommand('setContext', this.name, value);
  }
}
