import { parseExtensionMessage, type PageMessage } from '../core/timings/pageMessages';
import { afterPaint, Page, type PageState } from './page';
import { onThemeChange } from './pictures/colours';
import { redrawPictures } from './pictures/picture';

interface VsCodeApi {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: PageState): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const page = new Page(
  document.querySelector('main')!,
  vscode.getState(),
  (state) => vscode.setState(state),
  (message) => vscode.postMessage(message),
);

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const start = performance.now();
  const message = parseExtensionMessage(event.data);
  if (message?.type === 'filter') page.use({ filter: message.filter });
  if (message?.type === 'analysis') page.showAnalysis(message);
  if (message?.type !== 'records') return;
  afterPaint(() => performance.measure('records until paint', { start })); // before what the page leaves for after its first paint
  page.show(message);
});
window.addEventListener('resize', redrawPictures);
onThemeChange(redrawPictures);
page.use({}); // there is a page to restore after a reload
vscode.postMessage({ type: 'ready' });
