import { randomBytes } from 'node:crypto';
import type { Testbed, TreeManifest } from './testbed';

const testLabel = 'dockervolumes.test';

/** Where the containers of the tests see their volume. */
export const folder = '/the-volume';

/** Volumes and containers of one run, told apart by a random prefix. Everything that was made is removed at the end. */
export class SampleVolumes implements AsyncDisposable {
  readonly prefix = `vfdui-${randomBytes(3).toString('hex')}`;
  private readonly volumes: string[] = [];
  private readonly containers: string[] = [];

  constructor(
    private readonly testbed: Testbed,
    readonly host: string,
  ) {}

  name(suffix: string): string {
    return `${this.prefix}-${suffix}`;
  }

  /** An empty volume; returns its name. */
  async make(
    suffix: string,
    labels: Record<string, string> = {},
    options: Record<string, string> = {},
  ): Promise<string> {
    const name = this.name(suffix);
    this.volumes.push(name);
    await this.testbed.ask(this.host, 'POST', '/volumes/create', {
      json: { Name: name, Labels: { ...labels, [testLabel]: '' }, DriverOpts: options },
    });
    return name;
  }

  async remove(volume: string): Promise<void> {
    await this.testbed.ask(this.host, 'DELETE', `/volumes/${volume}`, { accept: [404] });
  }

  /** A container that has the volume open and does nothing; it ends when it is asked to. Returns its name. */
  async startUser(volume: string): Promise<string> {
    const name = `${volume}-user`;
    this.containers.push(name);
    await this.testbed.startContainer(this.host, {
      name,
      image: this.testbed.testImages.python,
      command: ['sh', '-c', 'trap "exit 0" TERM; sleep infinity & wait'],
      volumes: { [volume]: folder },
      labels: { [testLabel]: '' },
    });
    return name;
  }

  /** A volume with a container that uses it, filled by a shell script that runs in it. */
  async makeUsed(suffix: string, script: string): Promise<{ volume: string; user: string }> {
    const volume = await this.make(suffix);
    const user = await this.startUser(volume);
    await this.sh(user, script);
    return { volume, user };
  }

  /** Runs a shell script in the volume's folder. */
  async sh(user: string, script: string): Promise<string> {
    return this.testbed.execInContainer(this.host, user, ['sh', '-ec', `cd ${folder}\n${script}`]);
  }

  contentOf(user: string): Promise<TreeManifest> {
    return this.testbed.treeManifestIn(this.host, user, folder);
  }

  differences(before: TreeManifest, after: TreeManifest): string[] {
    return this.testbed.differences(before, after);
  }

  async stateOf(container: string): Promise<string> {
    const { State } = (await this.testbed.ask(this.host, 'GET', `/containers/${container}/json`)) as {
      State: { Status: string };
    };
    return State.Status;
  }

  async removeContainer(name: string): Promise<void> {
    await this.testbed.removeContainer(this.host, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.containers.map((name) => this.removeContainer(name)));
    const { Volumes } = (await this.testbed.ask(this.host, 'GET', '/volumes')) as {
      Volumes: { Name: string }[] | null;
    };
    // Also what the extension has made: a restore to a new volume.
    const ours = (Volumes ?? []).map(({ Name }) => Name).filter((name) => name.startsWith(this.prefix));
    await Promise.all(ours.map((name) => this.remove(name)));
  }
}
