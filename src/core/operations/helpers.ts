import type { AgentSession } from '../agentClient/session';
import type { HelperRequest, VolumeEngine } from '../engine';
import { sayGoodbye } from './goodbye';
import { inParallel } from './inParallel';
import { openHelper } from './openHelper';
import type { Run } from './run';

/** Helpers of several volumes, opened and ended together; in the order of their requests. */
export class Helpers implements AsyncDisposable {
  private constructor(readonly sessions: readonly AgentSession[]) {}

  static async open(engine: VolumeEngine, requests: readonly HelperRequest[], run: Run): Promise<Helpers> {
    const opened = new Map<HelperRequest, AgentSession>();
    const open = async (request: HelperRequest, shown: Run) =>
      void opened.set(request, await openHelper(engine, request, shown));
    const [first, ...others] = requests;
    try {
      // The first one also makes what is missing: the agent's image, the store.
      if (first) await open(first, run);
      await inParallel(others, run, open);
      return new Helpers(requests.map((request) => opened.get(request)!));
    } catch (error) {
      await Promise.all([...opened.values()].map((session) => session[Symbol.asyncDispose]()));
      throw error;
    }
  }

  /** The good end of all that are not lost, when all is done; those that were lost over it. */
  async finish({ but: lost = new Set() }: { but?: ReadonlySet<AgentSession> } = {}): Promise<Set<AgentSession>> {
    const lostNow = new Set<AgentSession>();
    await Promise.all(
      this.sessions.map(async (session) => {
        if (!lost.has(session) && (await sayGoodbye(session)).lost) lostNow.add(session);
      }),
    );
    return lostNow;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.sessions.map((session) => session[Symbol.asyncDispose]()));
  }
}
