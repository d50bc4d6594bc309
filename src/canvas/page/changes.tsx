// oxlint-disable-next-line import/no-unassigned-import -- the bundler takes style sheets from here
import "./changes.css";
import { createRoot } from "react-dom/client";
import { ChangesApp } from "./changes/changes-app.tsx";
import { startChanges } from "./changes/changes-session.ts";
import { loadHighlighter } from "./changes/highlight.ts";
import { startTheme } from "./theme/theme.ts";

startTheme();
const page = document.getElementById("page");
if (page !== null) createRoot(page).render(<ChangesApp />);
void startChanges();
void loadHighlighter();
