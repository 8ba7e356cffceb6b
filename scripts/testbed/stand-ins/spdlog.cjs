// @ts-check
/**
 * Takes the place of VS Code's native `@vscode/spdlog`, which needs a compiler. Without it an output channel of an
 * extension stays empty, and every new one prints a page of errors.
 */
const fs = require('node:fs');
const path = require('node:path');

const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  #withHead = true;
  #level = 2;

  /** @param {string} _type @param {string} _name @param {string} file */
  constructor(_type, _name, file) {
    this.file = file;
  }

  getLevel() {
    return this.#level;
  }
  setLevel(/** @type {number} */ level) {
    this.#level = level;
  }
  setPattern() {}
  clearFormatters() {
    this.#withHead = false;
  }
  flush() {}
  drop() {}

  trace(/** @type {string} */ message) {
    this.#write(0, message);
  }
  debug(/** @type {string} */ message) {
    this.#write(1, message);
  }
  info(/** @type {string} */ message) {
    this.#write(2, message);
  }
  warn(/** @type {string} */ message) {
    this.#write(3, message);
  }
  error(/** @type {string} */ message) {
    this.#write(4, message);
  }
  critical(/** @type {string} */ message) {
    this.#write(5, message);
  }

  /** @param {number} level @param {string} message */
  #write(level, message) {
    if (level >= this.#level) {
      const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
      fs.appendFileSync(this.file, this.#withHead ? `${time} [${names[level]}] ${message}\n` : message);
    }
  }
}

/** @param {string} name @param {string} file */
async function create(name, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return new Logger('rotating', name, file);
}

// One by one: VS Code imports this from an ES module, which sees only names that are assigned like this.
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
