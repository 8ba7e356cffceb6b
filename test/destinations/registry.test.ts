import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { startRegistry } from '../../scripts/testbed/registry.mjs';
import { Registry } from '../../src/destinations/registry';
import { dockerLogins, type FindLogin } from '../../src/destinations/registry/dockerConfig';
import { publicityOf } from '../../src/destinations/registry/publicity';
import { Repository } from '../../src/destinations/registry/repository';
import { tagsOf } from '../../src/destinations/registry/tags';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { RegistryOfSuite } from '../fixtures/registry';
import { MB } from '../fixtures/storage';
import { conforms } from './conformance';

describe('a registry as a destination', () => {
  const at = RegistryOfSuite.forSuite();
  let folder: string;
  beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'docker-config-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  describe('as any other', () => {
    conforms({ make: async () => at.destination, everything: async () => at.everything(), largeBytes: 12 * MB });
  });

  /** As Docker's tools leave it, with helpers that hand out what is in a file. */
  const logins = (config: object): FindLogin => {
    fs.writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
    return dockerLogins({ DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}` });
  };
  const helper = (name: string, script: string) =>
    fs.writeFileSync(path.join(folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const listWith = (findLogin: FindLogin) => new Registry({ repository: at.repository, findLogin }).list(never).next();

  it('knows the user by what docker login has left: in its file, in a store, from a helper of the registry', async () => {
    const { username, password } = at.login;
    const { host } = at.server;
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    const wrong = { auths: { [host]: { auth: Buffer.from('other:their-password').toString('base64') } } };
    at.tokens.refreshTokens.add('a-refresh-token');
    helper('store', `[ "$1 $(cat)" = "get ${host}" ] && printf '{"Username":"${username}","Secret":"${password}"}'`);
    helper('token', `printf '{"Username":"<token>","Secret":"a-refresh-token"}'`);
    helper('empty', 'echo "credentials not found in native keychain"; exit 1');
    const good = [
      { auths: { [host]: { auth } } },
      { auths: { 'example.com': wrong.auths[host], [`http://${host}/v1/`]: { username, password } } },
      { auths: { [host]: { identitytoken: 'a-refresh-token' } } },
      { credsStore: 'store' },
      { credsStore: 'missing', credHelpers: { [host]: 'token' } },
      { credsStore: 'empty', auths: { [host]: { auth } } },
    ];
    for (const config of good)
      await listWith(logins(config)).catch((error) => assert.fail(`${JSON.stringify(config)} ${error}`));
    await at.put('a', 10, new Registry({ repository: at.repository, findLogin: logins(good[4]!) }));
    assert.equal(at.everything().length, 1);

    const refused: [config: object, reason: RegExp][] = [
      [{}, /UNAUTHORIZED|incorrect/],
      [wrong, /incorrect username or password \(HTTP 401\)/],
      [{ credsStore: 'missing' }, /docker-credential-missing is not installed/],
      [{ credsStore: '../store' }, /a name that is none/],
    ];
    for (const [config, reason] of refused) {
      const { details } = await rejectsWith('destinationRefused', listWith(logins(config)));
      assert.match(JSON.stringify(details), reason);
    }
    fs.writeFileSync(path.join(folder, 'config.json'), `{ "auths": "${password}`);
    const { stack, cause } = await rejectsWith('destinationRefused', listWith(dockerLogins({ DOCKER_CONFIG: folder })));
    assert.ok(!`${stack} ${(cause as Error).stack}`.includes(password));
  });

  it('says what is not one, or is not there', async () => {
    await rejectsWith('destinationNotReached', at.at({ host: '127.0.0.1:9' }).create('a', never));
    const elsewhere = new URL(at.tokens.realm).host;
    await rejectsWith('destinationRefused', at.at({ host: elsewhere }).list(never).next());
    assert.throws(
      () => new Registry({ repository: 'https://ann:secret@example.com/a' }),
      (error) => !String(error).includes('secret'),
    );
  });

  it('lists all of its pages, and what has our tags only', async () => {
    for (const name of ['a@1', 'b@1', 'c@1']) await at.put(name, 10);
    const repository = new Repository({ repository: at.repository, findLogin: async () => at.login });
    const tagsWith = async (pageTags: number) => {
      const all: string[] = [];
      for await (const tag of tagsOf(repository, never, pageTags)) all.push(tag);
      return all;
    };
    const tags = await tagsWith(2);
    assert.equal(tags.length, 3);
    const manifests = path.join(
      at.server.data,
      'docker/registry/v2/repositories',
      at.repository.split('/').slice(1).join('/'),
      '_manifests/tags',
    );
    fs.cpSync(path.join(manifests, tags[0]!), path.join(manifests, 'another-tag'), { recursive: true });
    assert.equal((await tagsWith(500)).length, 4);
    const names: string[] = [];
    for await (const { name } of at.destination.list(never)) names.push(name);
    assert.deepEqual(names.sort(), ['a@1', 'b@1', 'c@1']);
  });

  it('is known to be public where anybody may look', async () => {
    assert.equal(await publicityOf({ repository: at.repository }, never), 'private');
    const server = await startRegistry(folder, { access: 'none' });
    try {
      assert.equal(await publicityOf({ repository: `${server.host}/a` }, never), 'open');
    } finally {
      await server.stop();
    }
  });

  it('may ask for the password itself', async () => {
    const server = await startRegistry(folder, { access: 'basic' });
    try {
      const repository = `${server.host}/a`;
      const login = { username: 'tester', password: 'basic-password' };
      await at.put('a', 10, new Registry({ repository, findLogin: async () => login }));
      const wrong = new Registry({ repository, findLogin: async () => ({ ...login, password: 'wrong' }) });
      await rejectsWith('destinationRefused', wrong.open('a', never));
      assert.equal(await publicityOf({ repository }, never), 'private');
    } finally {
      await server.stop();
    }
  });
});
