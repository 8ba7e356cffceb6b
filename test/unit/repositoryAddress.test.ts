import assert from 'node:assert/strict';
import { readRepository } from '../../src/core/backup/repositoryAddress';
import { readChallenge } from '../../src/destinations/registry/authorization';
import { tagOf } from '../../src/destinations/registry/tag';

describe('a repository of images', () => {
  const understood: [text: string, origin: string, path: string, host: string][] = [
    ['registry.example.com/team/backups', 'https://registry.example.com', 'team/backups', 'registry.example.com'],
    ['nas:5000/backups', 'https://nas:5000', 'backups', 'nas:5000'],
    ['http://nas:5000/backups', 'http://nas:5000', 'backups', 'nas:5000'],
    ['https://localhost/backups', 'https://localhost', 'backups', 'localhost'],
    ['localhost/backups', 'http://localhost', 'backups', 'localhost'],
    ['127.0.0.1:5000/a/b__c/d-e.f', 'http://127.0.0.1:5000', 'a/b__c/d-e.f', '127.0.0.1:5000'],
    ['[::1]:5000/a', 'http://[::1]:5000', 'a', '[::1]:5000'],
    ['127.0.0.1.example.com/a', 'https://127.0.0.1.example.com', 'a', '127.0.0.1.example.com'],
    ['ann/backups', 'https://registry-1.docker.io', 'ann/backups', 'docker.io'],
    ['docker.io/ann/backups', 'https://registry-1.docker.io', 'ann/backups', 'docker.io'],
  ];
  for (const [text, origin, path, host] of understood) {
    it(`${text} is understood`, () => assert.deepEqual(readRepository(text), { origin, path, host }));
  }

  const refused = [
    ...[
      '',
      'backups',
      'docker.io/backups',
      'example.com/',
      'example.com/Upper',
      'example.com/a:tag',
      'example.com/a//b',
    ],
    ...[
      'example.com/a@sha256:00',
      'https://ann:secret@example.com/a',
      'ann:secret@example.com/a',
      'ftp://example.com/a',
    ],
    ...['example.com/../a', 'example.com/a?b', 'example.com:port/a', '-v.x/a b'],
  ];
  for (const text of refused) it(`${text || 'nothing'} is none`, () => assert.equal(readRepository(text), undefined));

  it('has a tag for every name, and another one for every other', () => {
    const names = ['a', 'A', 'a.', '.a', '-a', 'ü', 'a@b', 'a b', 'a_b', 'x'.repeat(255), 'x'.repeat(254)];
    for (const name of names) assert.match(tagOf(name), /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);
    assert.equal(new Set(names.map(tagOf)).size, names.length);
    assert.match(tagOf('db@20261123T195500Z.tar.zst'), /^db_20261123T195500Z\.tar\.zst-[0-9a-f]{16}$/);
  });

  it('says in several ways who may come in; no password goes to whom it does not encrypt', () => {
    const bearer =
      'Bearer realm="https://auth.example.com/token?a=b",service="x \\"y\\"",scope="repository:a/b:pull,push"';
    assert.deepEqual(readChallenge(bearer, 'https://example.com'), {
      scheme: 'bearer',
      realm: new URL('https://auth.example.com/token?a=b'),
      service: 'x "y"',
      scope: 'repository:a/b:pull,push',
    });
    assert.deepEqual(readChallenge('basic realm=x', 'https://example.com'), { scheme: 'basic' });
    for (const other of ['', 'Negotiate', 'Bearer', 'Bearer realm="nowhere"']) {
      assert.equal(readChallenge(other, 'https://example.com'), undefined);
    }
    assert.throws(() => readChallenge('Bearer realm="http://auth.example.com"', 'https://example.com'), /encrypt/);
  });
});
