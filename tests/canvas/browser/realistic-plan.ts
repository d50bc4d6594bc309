import type { Operation } from "../../../src/plans/operations.ts";

/** A plan as an agent draws one: every type of element, arrows with labels, comments, long words and short ones. */
export const REALISTIC: readonly Operation[] = [
  { op: "set_title", title: "Passwordless sign-in" },
  element("el_goal", "text", 0, 0, 320, 210, {
    title: "Goal",
    content:
      "People sign in with a **link by mail**; passwords go away within a quarter.\n\n- no new secret to store\n- works on every device\n- [what others do](https://example.org/passwordless)",
  }),
  element("el_who", "question", 0, 270, 320, 260, {
    title: "What about accounts without a mail address?",
    content: "About **2 %** have none. **A** ask them at the next sign-in, or **B** keep their passwords.",
    answer: "A, and tell support first.",
  }),
  element("el_how", "decision", 400, 0, 380, 290, {
    title: "How long is a link good?",
    content:
      "| | for | against |\n| --- | --- | --- |\n| 10 min | safe | slow mail |\n| 1 hour | enough time | longer at risk |\n\n**Proposed:** 15 minutes, one use.",
  }),
  element("el_flow", "diagram", 400, 340, 420, 330, {
    title: "From mail to session",
    content:
      "sequenceDiagram\n  actor P as Person\n  participant A as App\n  participant M as Mail\n  P->>A: address\n  A->>M: link\n  M-->>P: mail\n  P->>A: opens link\n  A-->>P: session",
  }),
  element("el_shape", "diagram", 860, 340, 380, 330, {
    title: "States of a token",
    content:
      "flowchart TD\n  N[new] -->|opened| U(used)\n  N -->|15 min| E{{expired}}\n  U --> D[(deleted)]\n  E --> D",
  }),
  element("el_table", "task", 860, 0, 320, 130, {
    title: "Add the table",
    content: "Migration in `db/migrations/0042_sign_in_tokens.sql`",
    done: true,
  }),
  element("el_send", "task", 860, 160, 320, 130, {
    title: "Send the mail",
    content: "Queue `mail`, at most **5 an hour**",
  }),
  element("el_code", "code", 1280, 0, 480, 240, {
    title: "The token",
    language: "ts",
    content:
      'import { randomBytes } from "node:crypto";\n\n/** Good once, for 15 minutes. */\nexport function createToken(now: number): Token {\n  const secret = randomBytes(32).toString("base64url");\n  return { secret, expiresAt: now + 900_000 };\n}',
  }),
  element("el_screen", "mockup", 1280, 290, 400, 270, {
    title: "Sign in",
    content:
      "+----------------------------------+\n|  Sign in                         |\n|                                  |\n|  Mail  [ ada@example.org       ] |\n|                                  |\n|        ( Send me a link )        |\n+----------------------------------+",
  }),
  element("el_picture", "image", 1280, 600, 240, 160, { title: "Where the mail goes", content: picture() }),
  element("el_note", "note", 0, 590, 320, 150, {
    title: "Not now",
    content: "Passkeys. They need the same table, so nothing here stands in their way.",
  }),
  arrow("el_goal", "el_how"),
  arrow("el_goal", "el_who", "asks"),
  arrow("el_how", "el_flow", "15 minutes"),
  arrow("el_how", "el_table"),
  arrow("el_table", "el_send", "then"),
  arrow("el_table", "el_code", "holds"),
  arrow("el_send", "el_shape"),
  arrow("el_screen", "el_picture"),
  {
    op: "add_comment",
    comment: { id: "c_1", elementId: "el_how", text: "Is **15 minutes** enough for slow mail servers?" },
  },
  {
    op: "reply_to_comment",
    commentId: "c_1",
    reply: { id: "r_1", text: "99 % arrive within 40 s; see the dashboard." },
  },
  {
    op: "add_comment",
    comment: { id: "c_2", elementId: null, x: 860, y: 720, text: "Room for the clean-up job here." },
  },
];

function element(
  id: string,
  type: string,
  x: number,
  y: number,
  width: number,
  height: number,
  texts: Readonly<Record<string, string | boolean>>,
): Operation {
  return { op: "add_element", element: { id, type, x, y, width, height, ...texts } };
}

function arrow(from: string, to: string, label = ""): Operation {
  return { op: "add_connection", connection: { id: `conn_${from}_${to}`, from, to, label } };
}

function picture(): string {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="120"><rect width="240" height="120" fill="#dceeea"/><circle cx="60" cy="60" r="30" fill="#0b6b68"/><path d="M100 60h90" stroke="#c2703d" stroke-width="8"/></svg>';
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
