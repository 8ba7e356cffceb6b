/** Of the report in HTML: light or dark as the reader has it, and no font or picture from anywhere. */
export const reportStyle = `
:root { color-scheme: light dark; --line: #8886; }
body { margin: 2em auto; max-width: 76em; padding: 0 1em; font: 14px/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; font-variant-numeric: tabular-nums; }
th, td { padding: .3em .8em .3em 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; }
.phases { min-width: 20em; font-size: .9em; }
.bar { display: flex; height: 10px; margin: 4px 0; }
.phases span { margin-inline-end: 1em; white-space: nowrap; }
.phases span i { display: inline-block; width: 8px; height: 8px; margin-inline-end: 4px; }
i { background: #888; }
.p-scan { background: #2277cc; } .p-copy { background: #2e8b57; } .p-freeze { background: #cc3333; }
.p-stop { background: #d4a200; } .p-start { background: #d96c00; } .p-health { background: #a64ca6; }
.p-flush { background: #7a52c7; } .p-switch { background: #1f9aa5; } .p-verify { background: #7cc7cd; } .p-pack, .p-unpack { background: #5b8c00; }
.p-compress { background: #b58900; } .p-encrypt { background: #3b5bdb; } .p-upload { background: #d6336c; } .p-download { background: #74a9e0; }
.p-hooks { background: #d99bd9; } .part { opacity: .55; }
`;
