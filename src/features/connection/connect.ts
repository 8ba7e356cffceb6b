import * as path from 'node:path';
import type * as vscode from 'vscode';
import { startAgentSession } from '../../core/agentClient/client';
import { connectEngine } from '../../engine/connectEngine';
import { startWatchdog } from '../../engine/watchdog/spawn';
import { settings } from '../../ui/settings';
import type { Connect } from './engineConnection';
import { thisOwner } from './host';

/** Finds the engine of the settings and connects to it, with the agent and the watchdog that lie in `dist`. */
export function connectWith(extensionPath: string, log: vscode.LogOutputChannel): Connect {
  const dist = (...names: string[]) => path.join(extensionPath, 'dist', ...names);
  return async (signal) => {
    const engine = await connectEngine(
      {
        engine: settings.engine(),
        agent: { script: dist('agent.js'), nativeFolder: dist('native'), baseImage: settings.agentImage() },
        owner: thisOwner,
        startSession: startAgentSession,
        log: (line) => log.info(line),
      },
      signal,
    );
    return Object.assign(engine, { startWatchdog: () => startWatchdog({ script: dist('watchdog.js'), engine }) });
  };
}
