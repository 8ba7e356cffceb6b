import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { hubHost } from '../../core/backup/repositoryAddress';

/** Who the user is for a registry: a name and password, a token to get others with, or a token as it is. */
export type Login = { username: string; password: string } | { identityToken: string } | { registryToken: string };

/** What says who the user is: `docker login` writes it, and nothing else of ours does. */
export type FindLogin = (host: string, signal: AbortSignal) => Promise<Login | undefined>;

interface Auth {
  auth?: string;
  username?: string;
  password?: string;
  identitytoken?: string;
  registrytoken?: string;
}

interface DockerConfig {
  auths?: Record<string, Auth>;
  credHelpers?: Record<string, string>;
  credsStore?: string;
}

/** Docker's tools keep what is of Docker Hub under an address of old. */
const hubKey = 'https://index.docker.io/v1/';
const helperMs = 30_000;

/** By Docker's configuration in the user's home, and by the helper programs that it names. */
export function dockerLogins(env: NodeJS.ProcessEnv = process.env): FindLogin {
  return async (host, signal) => {
    const folder = env['DOCKER_CONFIG'] || path.join(os.homedir(), '.docker');
    const config = await readConfig(path.join(folder, 'config.json'));
    const helper = helperFor(config, host);
    const fromHelper = helper && (await askHelper(helper, host, env, signal));
    return fromHelper || loginIn(config, host);
  };
}

async function readConfig(file: string): Promise<DockerConfig> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    // Who never logged in has none.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new LoginProblem(`${file} cannot be read`, { cause: error });
  }
  try {
    return JSON.parse(text) as DockerConfig;
  } catch {
    // What is wrong with it would be said with a part of it.
    throw new LoginProblem(`${file} is not JSON`);
  }
}

/** Why it is not known who the user is; in words that are for people, without secrets. */
export class LoginProblem extends Error {}

function helperFor({ credHelpers = {}, credsStore }: DockerConfig, host: string): string | undefined {
  const key = Object.keys(credHelpers).find((each) => hostOf(each) === host);
  return key === undefined ? credsStore : credHelpers[key];
}

function loginIn({ auths = {} }: DockerConfig, host: string): Login | undefined {
  const key = Object.keys(auths).find((each) => hostOf(each) === host);
  if (key === undefined) return undefined;
  const { auth = '', identitytoken, registrytoken, ...plain } = auths[key]!;
  if (registrytoken) return { registryToken: registrytoken };
  if (identitytoken) return { identityToken: identitytoken };
  const [, username = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(auth, 'base64').toString()) ?? [];
  // Some tools of old end it with a zero byte.
  if (username) return { username, password: password.replace(/\0+$/, '') };
  return plain.username ? { username: plain.username, password: plain.password ?? '' } : undefined;
}

/** Keys may be addresses. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return ['index.docker.io', 'registry-1.docker.io'].includes(host) ? hubHost : host;
}

/** The protocol of docker-credential-helpers: the server on its standard input, JSON on its standard output. */
async function askHelper(
  helper: string,
  host: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Login | undefined> {
  const program = `docker-credential-${helper}`;
  if (!/^[A-Za-z0-9._-]+$/.test(helper)) throw new LoginProblem('a credential helper has a name that is none');
  const { code, output } = await run(program, host === hubHost ? hubKey : host, env, signal);
  // It has its reasons on its standard output, where the secrets are otherwise.
  if (code !== 0) {
    if (/credentials not found/i.test(output)) return undefined;
    throw new LoginProblem(`${program} ended with ${code}`);
  }
  const { Username = '', Secret = '' } = secretIn(output, program);
  if (!Secret) return undefined;
  return Username === '<token>' ? { identityToken: Secret } : { username: Username, password: Secret };
}

function secretIn(output: string, program: string): { Username?: string; Secret?: string } {
  try {
    return JSON.parse(output) as { Username?: string; Secret?: string };
  } catch {
    throw new LoginProblem(`${program} did not answer with JSON`);
  }
}

function run(
  program: string,
  input: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const until = AbortSignal.any([signal, AbortSignal.timeout(helperMs)]);
    const child = spawn(program, ['get'], { env, signal: until, windowsHide: true, stdio: ['pipe', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stdin.on('error', () => {});
    child.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(new LoginProblem(code === 'ENOENT' ? `${program} is not installed` : `${program}: ${message}`)),
    );
    child.on('close', (code) => resolve({ code, output }));
    child.stdin.end(input);
  });
}
