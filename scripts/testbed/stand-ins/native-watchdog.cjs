// @ts-check
/** Takes the place of VS Code's native `@vscode/native-watchdog`, which needs a compiler: ends a process with its parent. */
exports.start = (/** @type {number} */ parent) => {
  const timer = setInterval(() => {
    try {
      process.kill(parent, 0);
    } catch {
      process.exit(87);
    }
  }, 1_000);
  timer.unref();
};

exports.exit = (/** @type {number | undefined} */ code) => process.exit(code ?? 0);
