import { contextNamed, currentContext, defaultContext } from './dockerContexts';
import type { EngineStrategy } from './strategy';

/** The current Docker context. */
export const contextStrategy: EngineStrategy = {
  name: 'Docker context',
  kind: 'choice',
  async candidates(surroundings) {
    const name = await currentContext(surroundings);
    // It means the platform's own socket, which the next strategy tries.
    return name === defaultContext ? [] : [await contextNamed(name, surroundings)];
  },
};
