import * as vscode from 'vscode';
import { isAddress, type DestinationConfig, type ObjectStorageConfig } from '../../core/backup/destinationConfig';
import { chosen } from '../../ui/cancellation';
import type { Described } from './addDestination';
import type { Keys } from './destinations';

/** Asks for what an S3-compatible storage needs; empty answers leave a thing to the SDK. */
export async function askObjectStorage(
  now: DestinationConfig | undefined,
  keysNow: Keys | undefined,
): Promise<Described> {
  const before: Partial<ObjectStorageConfig> = now?.type === 's3' ? now : {};
  const endpoint = await askText({
    title: vscode.l10n.t('Address of the Object Storage'),
    prompt: vscode.l10n.t('Such as https://s3.example.com. Leave it empty for Amazon S3.'),
    value: before.endpoint ?? '',
    validateInput: (text) => (text.trim() === '' || isAddress(text.trim()) ? undefined : notAnAddress()),
  });
  const region = await askText({
    title: vscode.l10n.t('Region'),
    prompt: vscode.l10n.t(
      'Such as eu-central-1. Leave it empty where there is none, or for that of your AWS configuration.',
    ),
    value: before.region ?? '',
  });
  const bucket = await askText({
    title: vscode.l10n.t('Bucket'),
    prompt: vscode.l10n.t('It has to be there.'),
    value: before.bucket ?? '',
    validateInput: (text) =>
      /^[^/\s]+$/.test(text.trim()) ? undefined : vscode.l10n.t('The name of a bucket, without a folder.'),
  });
  const prefix = await askText({
    title: vscode.l10n.t('Folder in the Bucket'),
    prompt: vscode.l10n.t('Leave it empty to write at its top.'),
    value: before.prefix ?? '',
  });
  const access = await askAccess(before, keysNow);
  return {
    config: {
      name: bucket,
      type: 's3',
      bucket,
      ...(prefix && { prefix: prefix.replace(/^\/+|\/+$/g, '') }),
      ...(endpoint && { endpoint, pathStyle: before.pathStyle ?? true }),
      ...(region && { region }),
      ...(access.profile && { profile: access.profile }),
    },
    ...(access.keys && { keys: access.keys }),
  };
}

async function askAccess(
  { profile }: Partial<ObjectStorageConfig>,
  keysNow: Keys | undefined,
): Promise<{ keys?: Keys; profile?: string }> {
  const ways = [
    {
      way: 'keys' as const,
      label: vscode.l10n.t('Access key'),
      description: vscode.l10n.t('kept as a secret of VS Code'),
    },
    { way: 'profile' as const, label: vscode.l10n.t('AWS profile'), description: profile ?? '' },
    {
      way: 'default' as const,
      label: vscode.l10n.t('As AWS tools find it'),
      description: vscode.l10n.t('environment, default profile, role of the machine'),
    },
  ];
  const placeHolder = vscode.l10n.t('How does it know you?');
  const { way } = chosen(await vscode.window.showQuickPick(ways, { placeHolder }));
  if (way === 'default') return {};
  if (way === 'profile') {
    return {
      profile: await askText({
        title: vscode.l10n.t('AWS Profile'),
        value: profile ?? 'default',
        validateInput: notEmpty,
      }),
    };
  }
  const accessKeyId = await askText({
    title: vscode.l10n.t('Access Key'),
    value: keysNow?.accessKeyId ?? '',
    validateInput: notEmpty,
  });
  const secretAccessKey = await askText({
    title: vscode.l10n.t('Secret Key'),
    password: true,
    ...(keysNow && { placeHolder: vscode.l10n.t('Leave it empty to keep the one that is stored.') }),
    validateInput: (text) => (keysNow ? undefined : notEmpty(text)),
  });
  return { keys: { accessKeyId, secretAccessKey: secretAccessKey || keysNow!.secretAccessKey } };
}

async function askText(options: vscode.InputBoxOptions): Promise<string> {
  return chosen(await vscode.window.showInputBox({ ...options, ignoreFocusOut: true })).trim();
}

function notEmpty(text: string): string | undefined {
  return text.trim() === '' ? vscode.l10n.t('It is needed.') : undefined;
}

function notAnAddress(): string {
  return vscode.l10n.t('An address begins with http:// or https://, and has no user or password in it.');
}
