/** Colors have a contrast of 4.5 to 1 at least, in either scheme. */
export const STYLE = `
:root { --text: #1a1d21; --dim: #59616b; --line: #d9dee3; --paper: #ffffff; --raised: #f5f7f9; --accent: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ec; --dim: #a3acb6; --line: #343b43; --paper: #14171a; --raised: #1d2226; --accent: #7db8f5; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; display: grid; grid-template-columns: 21rem minmax(0, 1fr); color: var(--text); background: var(--paper);
  font: 15px/1.55 system-ui, sans-serif; }
a { color: var(--accent); text-underline-offset: 2px; }
code, pre { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1rem; border-right: 1px solid var(--line); background: var(--raised); }
nav h2 { margin: 1.2rem 0 .3rem; font-size: .8rem; color: var(--dim); text-transform: uppercase; letter-spacing: .05em; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav li a { display: block; padding: .15rem 0; font-size: 13px; text-decoration: none; overflow-wrap: anywhere; }
nav li a:hover { text-decoration: underline; }
main { padding: 1rem 2rem 6rem; max-width: 62rem; }
h1 { font-size: 1.7rem; } section > h2 { margin-top: 3rem; font-size: 1.35rem; border-bottom: 1px solid var(--line); }
article { margin: 2rem 0; } h3 { margin-bottom: .3rem; font-size: 1.1rem; } h3 a { color: inherit; text-decoration: none; }
h4 { margin: 1rem 0 .3rem; font-size: .9rem; color: var(--dim); }
.signature { margin: 0; } .method { display: inline-block; min-width: 3.6em; font-weight: 700; color: var(--accent); }
.who, dd, .required { color: var(--dim); } .required { font-size: .75rem; } .status { font-weight: 700; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; } table { width: 100%; border-collapse: collapse; }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
thead th { font-size: .8rem; color: var(--dim); }
details { margin: .3rem 0; } summary { cursor: pointer; } figure { margin: .4rem 0; } figcaption { color: var(--dim); }
pre { margin: 0; padding: .7rem; overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; white-space: pre; }
ul.errors { margin: 0; padding: 0; list-style: none; }
dt { margin-top: .8rem; } dd { margin: 0; } :target { background: var(--raised); outline: 2px solid var(--accent); outline-offset: 4px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 1rem; }
@media (max-width: 60rem) { body { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 1rem; } }
@media print { nav { display: none; } body { display: block; } }
`;
