import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { timingsHtml } from '../../src/features/timings/timingsHtml';
import { timingsViewType } from '../../src/features/timings/timingsPage';
import { activated, run, until } from './extension';

describe('the timings page', () => {
  before(activated);

  it('opens once, and is found again', async () => {
    const pages = () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(timingsViewType));
    await run('showTimings');
    await until(() => pages().length > 0);
    await run('showTimings');
    assert.equal(pages().length, 1);
    await vscode.window.tabGroups.close(pages());
  });

  it('runs only the script with its nonce, and nothing inline', () => {
    const webview = { cspSource: 'source:', asWebviewUri: (uri: vscode.Uri) => uri } as vscode.Webview;
    const html = timingsHtml(webview, vscode.Uri.file('/extension'));
    const [, nonce] = /script-src &#39;nonce-([\w-]+)&#39;/.exec(html) ?? [];
    assert.ok(nonce && nonce.length >= 20);
    assert.match(html, /default-src &#39;none&#39;/);
    assert.match(html, new RegExp(`<script nonce="${nonce}" src=`));
    assert.doesNotMatch(html, / on\w+=|javascript:|unsafe/);
    assert.notEqual(html, timingsHtml(webview, vscode.Uri.file('/extension')), 'every page has its own nonce');
  });
});
