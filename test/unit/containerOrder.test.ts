import assert from 'node:assert/strict';
import type { ContainerDetails } from '../../src/core/engine';
import { inStartOrder, inStopOrder, needsHealthy, startOrder } from '../../src/core/operations/containerOrder';
import { container } from './containers';

const compose = (service: string, dependsOn = '', project = 'shop') =>
  container(service, {
    labels: {
      'com.docker.compose.project': project,
      'com.docker.compose.service': service,
      'com.docker.compose.depends_on': dependsOn,
    },
  });

describe('start order', () => {
  const names = (containers: ContainerDetails[]) => startOrder(containers).map(({ name }) => name);

  it('puts a service after those it depends on', () => {
    const shop = [
      compose('web', 'api:service_started:false'),
      compose('api', 'db:service_healthy:true'),
      compose('db'),
    ];
    assert.deepEqual(names(shop), ['db', 'api', 'web']);
  });

  it('does not mix the services of two projects', () => {
    assert.deepEqual(names([compose('web', 'db:service_started:false'), compose('db', '', 'other')]), ['web', 'db']);
  });

  it('puts a container after the one whose namespace it shares', () => {
    const sidecar = container('sidecar', { sharesNamespaceOf: ['id-main'] });
    assert.deepEqual(names([sidecar, container('main')]), ['main', 'sidecar']);
  });

  it('puts a container after the one it is linked to', () => {
    assert.deepEqual(names([container('app', { links: ['db'] }), container('db')]), ['db', 'app']);
  });

  it('ends on a cycle', () => {
    const a = compose('a', 'b:service_started:false');
    const b = compose('b', 'a:service_started:false');
    assert.equal(names([a, b]).length, 2);
  });
});

describe('working in order', () => {
  const db = compose('db');
  const web = compose('web', 'db:service_healthy:true,cache:service_started:false');
  const cache = compose('cache');

  /** What happened, when the work on each takes a moment. */
  async function traceOf(
    inOrder: typeof inStopOrder,
    containers: ContainerDetails[],
    fails?: ContainerDetails,
  ): Promise<string> {
    const trace: string[] = [];
    await inOrder(containers, async (each) => {
      trace.push(`+${each.name}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      trace.push(`-${each.name}`);
      if (each === fails) throw new Error(each.name);
    }).catch((error: unknown) => trace.push(String(error)));
    return trace.join(' ');
  }

  it('starts independent ones together, and the others after them', async () => {
    assert.equal(await traceOf(inStartOrder, [web, db, cache]), '+db +cache -db -cache +web -web');
  });

  it('stops in the reverse order', async () => {
    assert.equal(await traceOf(inStopOrder, [web, db, cache]), '+web -web +cache +db -cache -db');
  });

  it('says a failure when nothing is under way any more, and leaves out what comes after it', async () => {
    assert.equal(await traceOf(inStartOrder, [web, db, cache], db), '+db +cache -db -cache Error: db');
  });

  it('ends on a cycle', async () => {
    const [a, b] = [compose('a', 'b:service_started:false'), compose('b', 'a:service_started:false')];
    assert.equal(await traceOf(inStartOrder, [a, b]), '+b -b +a -a');
  });

  it('knows which one has to be healthy before', () => {
    assert.deepEqual([needsHealthy(web, db), needsHealthy(web, cache), needsHealthy(db, web)], [true, false, false]);
    assert.equal(needsHealthy(web, compose('db', '', 'other')), false);
  });

  it('reads the dependencies of older Compose versions, which write no condition', async () => {
    assert.equal(await traceOf(inStartOrder, [compose('web', 'db'), db]), '+db -db +web -web');
  });
});
