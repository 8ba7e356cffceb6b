import Module from 'node:module';

/** The settings of tests that have some. */
export const configuration = {
  values: {} as Record<string, unknown>,
  get: (name: string) => configuration.values[name],
  update: (name: string, value: unknown) => Promise.resolve(void (configuration.values[name] = value)),
};

/**
 * Outside of VS Code there is no module `vscode`. What only makes words, and the commands that tests run, need just this much of it. To be imported before
 * what imports `vscode`.
 */
const words = {
  l10n: {
    t: (text: string, ...values: unknown[]) => text.replace(/{(\d+)}/g, (_, index) => String(values[Number(index)])),
  },
  env: { language: 'en' },
  window: {},
  workspace: { getConfiguration: () => configuration },
  ConfigurationTarget: { Global: 1 },
  commands: { executeCommand: () => Promise.resolve() },
  Uri: { parse: (address: string) => address },
};

type Load = (request: string, ...rest: unknown[]) => unknown;
const module = Module as unknown as { _load: Load };
const load = module._load;
module._load = (request, ...rest) => (request === 'vscode' ? words : load(request, ...rest));
