/** What runs or loads something where it is written into a page as it is. `ran` is the sign that a script ran. */
const RUN = "window.ran=(window.ran||0)+1";
/** A host that no page may ask for anything. */
export const ELSEWHERE = "http://elsewhere.invalid";

export const HTML_PAYLOADS: readonly string[] = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}"><animate onbegin="${RUN}" attributeName=x dur=1s></svg>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<details open ontoggle="${RUN}"><summary>x</summary></details>`,
  `<input autofocus onfocus="${RUN}">`,
  `"><script>${RUN}</script>`,
  `<img src="${ELSEWHERE}/html.png">`,
  `<style>@import url("${ELSEWHERE}/style.css");</style>`,
];

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" onload="${RUN}"><script>${RUN}</script><image href="${ELSEWHERE}/in-svg.png"/></svg>`;
export const SVG_IMAGE = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(SVG)}`;

/** Links and images as Markdown has them. */
export const MARKDOWN_PAYLOADS: readonly string[] = [
  `[link](javascript:${encodeURIComponent(RUN)})`,
  `[link](JaVaScRiPt:${encodeURIComponent(RUN)})`,
  `[link](java&#x0A;script:${encodeURIComponent(RUN)})`,
  `[link](data:text/html;base64,${btoa(`<script>opener.${RUN}</script>`)})`,
  `[link](vbscript:x)`,
  `[link](file:///etc/passwd)`,
  `<javascript:${encodeURIComponent(RUN)}>`,
  `[ref]\n\n[ref]: javascript:${encodeURIComponent(RUN)}`,
  `![image](javascript:${encodeURIComponent(RUN)})`,
  `![image](${ELSEWHERE}/markdown.png)`,
  `![image](${SVG_IMAGE})`,
  `\`\`\`html" onload="${RUN}\n<script>${RUN}</script>\n\`\`\``,
];

/** Drawings in Mermaid's language. */
export const MERMAID_PAYLOADS: readonly string[] = [
  `flowchart LR\n  A["<img src=x onerror='${RUN}'>"] --> B["<script>${RUN}</script>"]`,
  `flowchart LR\n  A[go] --> B\n  click A "javascript:${RUN}"\n  click B call alert("x")`,
  `%%{init: {"securityLevel": "loose", "htmlLabels": true, "flowchart": {"htmlLabels": true}}}%%\nflowchart LR\n  A["<img src=x onerror='${RUN}'>"] --> B\n  click A "javascript:${RUN}"`,
  `%%{init: {"themeCSS": "@import url('${ELSEWHERE}/mermaid.css'); * { background: url('${ELSEWHERE}/css.png') }"}}%%\nflowchart LR\n  A --> B`,
  `---\ntitle: "<img src=x onerror='${RUN}'>"\nconfig:\n  securityLevel: loose\n---\nflowchart LR\n  A --> B`,
  `flowchart LR\n  A@{ img: "${ELSEWHERE}/node.png", label: "x", w: 60, h: 60 } --> B`,
  `flowchart LR\n  A@{ label: "}", img: "${ELSEWHERE}/after-brace.png", w: 60, h: 60 } --> B`,
  `flowchart LR\n  A@{ "i\\x6dg": "${ELSEWHERE}/escaped.png", label: "x", w: 60, h: 60 } --> B`,
  `flowchart LR\n  A@{ label: &key img, *key : "${ELSEWHERE}/alias.png", w: 60, h: 60 } --> B`,
  `sequenceDiagram\n  participant A as <img src=x onerror="${RUN}">\n  A->>B: <script>${RUN}</script>\n  link A: Go @ javascript:${RUN}`,
  `classDiagram\n  class A["<img src=x onerror='${RUN}'>"]\n  click A href "javascript:${RUN}"`,
];
