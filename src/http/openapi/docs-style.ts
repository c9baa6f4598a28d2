/** The style sheet of `/api/docs`; its hash stands in the page's content security policy. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 70rem; margin: 0 auto; padding: 1rem }
nav { display: flex; gap: 1rem }
details { border: 1px solid #8885; border-radius: 4px; margin: .3rem 0; padding: .2rem .6rem }
summary { cursor: pointer }
summary b { display: inline-block; min-width: 4.6rem }
summary span { opacity: .75 }
.GET { color: #0a7d32 } .POST { color: #9a5b00 } .PUT { color: #1f5fbf } .DELETE { color: #b3261e }
code, pre { font: 13px/1.4 ui-monospace, monospace }
pre { overflow-x: auto }
table { border-collapse: collapse; margin: .4rem 0 }
th, td { border: 1px solid #8885; padding: .15rem .5rem; text-align: left; vertical-align: top }
@media (prefers-color-scheme: dark) { .GET { color: #4cc38a } .POST { color: #ffb454 } .PUT { color: #79b8ff } .DELETE { color: #ff8a80 } }
`;
