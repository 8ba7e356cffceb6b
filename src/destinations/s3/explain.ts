import { Cancelled, Failure, isFailure } from '../../core/failure';

/** What was to be done, and with what; addresses are for people. */
export interface Attempt {
  kind: 'read' | 'write';
  file: string;
  destination: string;
}

/** What is read of an error of the SDK, of Node, or of whoever answered. */
interface Refusal extends Error {
  code?: string | number;
  $metadata?: { httpStatusCode?: number };
}

/** Refusals for want of room, by their names: those of Ceph and of MinIO, which come with the status of other refusals. */
const full = /Quota|StorageFull|InsufficientStorage/i;
/** Those of keys that come with another status than 401 or 403, or from our own side. */
const badKeys =
  /^(CredentialsProviderError|TokenProviderError|ExpiredToken|InvalidToken|TokenRefreshRequired|InvalidAccessKeyId|SignatureDoesNotMatch)/;

/**
 * An error as the catalogue has it. What caused it goes no further: storages repeat in an answer what they were asked with.
 */
export function explain(error: unknown, attempt: Attempt, secrets: readonly string[]): Error {
  if (isFailure(error) || error instanceof Cancelled) return error;
  const { kind, file, destination } = attempt;
  const refusal = error as Refusal;
  const status = refusal.$metadata?.httpStatusCode;
  const reason = hide(reasonOf(refusal, status), secrets);
  const cause = new Error(reason);
  if (status === undefined && !badKeys.test(refusal.name) && !isOfNetwork(refusal)) {
    cause.stack = hide(refusal.stack ?? '', secrets);
    return cause;
  }
  if (status === 507 || full.test(refusal.name)) return new Failure('destinationFull', { file }, { cause });
  if (status === 401 || status === 403 || badKeys.test(refusal.name)) {
    return new Failure('destinationRefused', { destination, reason }, { cause });
  }
  if (status === undefined || status >= 500 || status === 429 || isOfNetwork(refusal)) {
    return new Failure('destinationNotReached', { destination, reason }, { cause });
  }
  return new Failure(kind === 'read' ? 'backupNotReadable' : 'destinationNotWritable', { file, reason }, { cause });
}

/** Whether trying again may help: nobody has answered, or not to what was asked. */
export const isPassing = (error: unknown): boolean => isFailure(error, 'destinationNotReached');

/** Errors of Node have codes, and those of a timeout the name; the SDK has no name for a region that is nowhere set. */
function isOfNetwork({ code, name, message }: Refusal): boolean {
  return typeof code === 'string' || name === 'TimeoutError' || message === 'Region is missing';
}

/** An answer to HEAD has no body, so that only its status says anything; several addresses that refuse have no message. */
function reasonOf({ name, code, message }: Refusal, status: number | undefined): string {
  const words = [name, message || code].filter(
    (word) => word && !['Error', 'UnknownError', 'Unknown'].includes(String(word)),
  );
  const said = [...new Set(words)].join(': ');
  return status === undefined ? said : said ? `${said} (HTTP ${status})` : `HTTP ${status}`;
}

function hide(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, '…'), text);
}
