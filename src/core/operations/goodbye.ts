import type { AgentSession } from '../agentClient/session';
import { isFailure } from '../failure';

/**
 * The end of an agent that has answered all that it was asked. What it did is done: that it was killed before its
 * good-bye, or ended because this machine was asleep, is in the log and is no failure. Says whether it was lost.
 */
export async function sayGoodbye(helper: AgentSession): Promise<{ lost: boolean }> {
  try {
    await helper.finish();
    return { lost: false };
  } catch (error) {
    if (!isFailure(error, 'agentLost', 'engineLost')) throw error;
    return { lost: true };
  }
}
