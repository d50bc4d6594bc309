// oxlint-disable-next-line import/no-unassigned-import -- the bundler takes style sheets from here
import "./page.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { followPrinting } from "./canvas/take-away.ts";
import { startFlow } from "./state/flow-store.ts";
import { watchForLostText } from "./elements/editing.ts";
import { loadMarkdown } from "./elements/markdown.tsx";
import { startSession } from "./sync/plan-session.ts";
import { startView } from "./state/view.ts";
import { startTheme } from "./theme/theme.ts";

startTheme();
startFlow();
startView();
followPrinting();
watchForLostText();
const page = document.getElementById("page");
if (page !== null) createRoot(page).render(<App />);
void startSession();
void loadMarkdown();
