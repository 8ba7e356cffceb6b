import type * as http from 'node:http';
import { Cancelled, Failure, isFailure } from '../../core/failure';
import { LoginProblem } from './dockerConfig';
import { textOf } from './http';

/** What was to be done, and with what; addresses are for people. */
export interface Attempt {
  kind: 'read' | 'write';
  file: string;
  destination: string;
}

/** An answer that is none of those that were hoped for. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** All that it said. */
    readonly words: string,
  ) {
    super(`${[code, message].filter(Boolean).join(': ')} (HTTP ${status})`.trim());
  }

  static async of(answer: http.IncomingMessage): Promise<Refusal> {
    const words = await textOf(answer).catch(() => '');
    const { code = '', message = '' } = firstErrorIn(words);
    return new Refusal(answer.statusCode ?? 0, String(code), String(message), words);
  }
}

/** Registries have no code for it: Docker's own says what its disk said (28 is ENOSPC), Harbor and others speak of quotas. */
const full = /"Err":28\b|no space left|quota|storage (limit|resource)/i;

/** An error as the catalogue has it. What caused it goes no further: an answer may repeat what was asked with. */
export function explain(error: unknown, attempt: Attempt, secrets: Iterable<string>): Error {
  if (isFailure(error) || error instanceof Cancelled) return error;
  const { kind, file, destination } = attempt;
  const { message, code, stack } = error as NodeJS.ErrnoException;
  const reason = hide(message || String(code), secrets).slice(0, 500);
  const cause = new Error(reason);
  if (error instanceof LoginProblem) return new Failure('destinationRefused', { destination, reason }, { cause });
  if (!(error instanceof Refusal)) {
    // Errors of Node's sockets and of its HTTP parser have codes; what has none is a bug.
    if (typeof code === 'string') return new Failure('destinationNotReached', { destination, reason }, { cause });
    cause.stack = hide(stack ?? '', secrets);
    return cause;
  }
  const { status, words } = error;
  if (kind === 'write' && (status === 507 || full.test(words)))
    return new Failure('destinationFull', { file }, { cause });
  if (status === 401 || status === 403) return new Failure('destinationRefused', { destination, reason }, { cause });
  if (status >= 500 || status === 429) return new Failure('destinationNotReached', { destination, reason }, { cause });
  return new Failure(kind === 'read' ? 'backupNotReadable' : 'destinationNotWritable', { file, reason }, { cause });
}

/** Whether trying again may help: nobody has answered, or not to what was asked. */
export const isPassing = (error: unknown): boolean => isFailure(error, 'destinationNotReached');

/** As the distribution specification has errors; token services have others. */
function firstErrorIn(words: string): { code?: unknown; message?: unknown } {
  try {
    const { errors, error, details } = JSON.parse(words) as Record<string, unknown>;
    const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
    return typeof first === 'object' && first !== null ? first : { message: details ?? error };
  } catch {
    return {};
  }
}

function hide(text: string, secrets: Iterable<string>): string {
  let left = text;
  for (const secret of secrets) left = left.replaceAll(secret, '…');
  return left;
}
