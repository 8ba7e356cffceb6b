import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The frame of the page; what it shows comes by message. Only our script and our style sheet may run. */
export function timingsHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64url');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', 'timings.js'));
  const styles = [
    ['dist', 'webview', 'timings.css'], // of the chart library
    ['media', 'timings.css'],
  ].map((file) => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...file)));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${asAttribute(vscode.env.language)}">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${asAttribute(policy)}">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
${styles.map((style) => `  <link rel="stylesheet" href="${asAttribute(style.toString())}">`).join('\n')}
  <title>${asAttribute(vscode.l10n.t('Timings'))}</title>
</head>
<body>
  <h1>${asAttribute(vscode.l10n.t('Timings'))}</h1>
  <main></main>
  <script nonce="${nonce}" src="${asAttribute(script.toString())}"></script>
</body>
</html>`;
}

function asAttribute(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
