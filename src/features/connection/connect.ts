import * as path from 'node:path';
import * as vscode from 'vscode';
import { startAgentSession } from '../../core/agentClient/client';
import { connectEngine, startWatchdog, type EngineChoice } from '../../engine';
import { settings } from '../../ui/settings';
import type { Connect } from './engineConnection';
import { thisOwner } from './host';
import type { LiveEngine } from './liveEngine';

/** Tests in the extension host have a store of their own, and never meet a real one. */
export function testNamespace(): string {
  return `vfdtest-vscode-${process.pid}`;
}

/** Where watchdogs leave their reports for the next window. */
export function reportsFolder(context: vscode.ExtensionContext): string {
  return vscode.Uri.joinPath(context.globalStorageUri, 'recoveries').fsPath;
}

/** Finds the engine of the settings and connects to it, with the agent and the watchdog that lie in `dist`. */
export function connectWith(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Connect {
  return (signal) => connectTo(settings.engine(), context, log, signal);
}

/** The same of any engine. */
export async function connectTo(
  which: string | EngineChoice,
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  signal: AbortSignal,
): Promise<LiveEngine> {
  const dist = (...names: string[]) => path.join(context.extensionPath, 'dist', ...names);
  const engine = await connectEngine(
    {
      engine: which,
      agent: { script: dist('agent.js'), nativeFolder: dist('native'), baseImage: settings.agentImage() },
      owner: thisOwner,
      startSession: startAgentSession,
      log: (line) => log.info(line),
      ...(context.extensionMode === vscode.ExtensionMode.Test && { namespace: testNamespace() }),
    },
    signal,
  );
  const watchdog = { script: dist('watchdog.js'), engine, reports: reportsFolder(context) };
  return Object.assign(engine, { startWatchdog: () => startWatchdog(watchdog) });
}
