import * as vscode from 'vscode';
import type { FailureDetails } from '../core/failure';

/** Why the agent has no image, and what to do about it: the step that failed first. */
export function imageProblemWords({ image, why, reason }: FailureDetails<'agentImageMissing'>): string {
  switch (why) {
    case 'notFound':
      return vscode.l10n.t(
        'The image of the agent could not be pulled: its registry has no “{0}” for this engine. Set another one.',
        image,
      );
    case 'denied':
      return vscode.l10n.t(
        'The image of the agent could not be pulled: the registry has no “{0}”, or wants a login for it. Pull it where the engine is (docker pull), or set another one.',
        image,
      );
    case 'unreachable':
      return vscode.l10n.t(
        'The image of the agent, “{0}”, could not be pulled: the engine cannot reach its registry. Load it where the engine is (docker load), or set one that the engine has.',
        image,
      );
    case 'notPulled':
      return reason
        ? vscode.l10n.t(
            'The image of the agent, “{0}”, could not be pulled ({1}). Pull it where the engine is (docker pull), or set another one.',
            image,
            reason,
          )
        : vscode.l10n.t(
            'The image of the agent, “{0}”, could not be pulled. Pull it where the engine is (docker pull), or set another one.',
            image,
          );
    case 'noNode':
      return vscode.l10n.t(
        'The agent could not be started: the image “{0}” has no Node.js. Set one that has version 22.15 or newer.',
        image,
      );
    case 'architecture':
      return vscode.l10n.t(
        'The agent could not be put into the image “{0}”: it is for {1}, and there is an agent for x64 and arm64 only. Set another one.',
        image,
        reason,
      );
  }
}
