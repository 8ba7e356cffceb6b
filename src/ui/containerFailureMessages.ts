import * as vscode from 'vscode';
import { oneLine } from './commandEndWords';
import { refresh, showLog, tryAgain, type Words } from './failureActions';
import { format } from './words';

type ContainerCode =
  | 'containerPathNotFolder'
  | 'containerPathMounted'
  | 'containerTied'
  | 'replacementNotUp'
  | 'replacementIncomplete'
  | 'containerNotReplaced';

/** The part of the catalogue that is about containers which others take the place of. */
export const containerFailureMessages: { [Code in ContainerCode]: Words<Code> } = {
  containerPathNotFolder: ({ container, path, why }) => ({
    text:
      why === 'missing'
        ? vscode.l10n.t('There is no “{0}” in container “{1}”.', path, container)
        : vscode.l10n.t('What is at “{0}” in container “{1}” is no folder.', path, container),
    action: persistOther(),
  }),
  containerPathMounted: ({ container, path, at }) => ({
    text:
      path === at
        ? vscode.l10n.t(
            'What is at “{0}” in container “{1}” is on a mount already. Nothing was changed.',
            path,
            container,
          )
        : vscode.l10n.t(
            'In container “{0}”, “{1}” and the mount “{2}” lie within each other. Nothing was changed; choose another folder.',
            container,
            path,
            at,
          ),
    action: persistOther(),
  }),
  containerTied: ({ container, others, by }) => ({
    text: {
      namespace: vscode.l10n.t(
        'Containers that share a namespace of “{0}” would lose it with its replacement: {1}. Nothing was changed. Remove them first, and make them anew afterwards.',
        container,
        format.list(others),
      ),
      link: vscode.l10n.t(
        'Containers that are linked to “{0}” would lose it with its replacement: {1}. Nothing was changed. Remove them first, and make them anew afterwards.',
        container,
        format.list(others),
      ),
      volume: vscode.l10n.t(
        'The same data of “{0}” is also used by {1}, which would go on with what is there now. Nothing was changed.',
        container,
        format.list(others),
      ),
    }[by],
    action: refresh(),
  }),
  replacementNotUp: ({ container, why, reason, output }) => ({
    text: [
      why === 'refused'
        ? vscode.l10n.t('The new container “{0}” could not be started: {1}', container, reason ?? '…')
        : why === 'ended'
          ? vscode.l10n.t('The new container “{0}” did not come up.', container)
          : vscode.l10n.t('The health check of the new container “{0}” fails.', container),
      vscode.l10n.t('It was removed, and the old one runs again as before.'),
      oneLine(output),
    ]
      .filter(Boolean)
      .join(' '),
    action: showLog(),
  }),
  replacementIncomplete: ({ container }) => ({
    text: vscode.l10n.t(
      'The replacement of container “{0}” was interrupted. The old one or the new one is started as soon as the engine answers.',
      container,
    ),
    action: tryAgain(),
  }),
  containerNotReplaced: ({ container }) => ({
    text: vscode.l10n.t(
      'Container “{0}” was not replaced by another one, or that one is gone, or it runs itself. Nothing was changed.',
      container,
    ),
    action: refresh(),
  }),
};

function persistOther() {
  return { title: vscode.l10n.t('Choose Another…'), command: 'dockerVolumes.persist' };
}
