import { create } from "zustand";

export type Theme = "light" | "dark";

const KEY = "bizar:theme";
const darkSystem = matchMedia("(prefers-color-scheme: dark)");

/** What is shown: the person's choice, or the system's. */
export const useTheme = create<{ readonly theme: Theme }>(() => ({ theme: chosenTheme() ?? systemTheme() }));

/** Puts the theme on the page, and follows the system's as long as the person has not chosen. */
export function startTheme(): void {
  const show = () => {
    document.documentElement.dataset["theme"] = useTheme.getState().theme;
  };
  useTheme.subscribe(show);
  darkSystem.addEventListener("change", () => {
    if (chosenTheme() === null) useTheme.setState({ theme: systemTheme() });
  });
  show();
}

/** Switches, for good. */
export function switchTheme(): void {
  const theme = useTheme.getState().theme === "dark" ? "light" : "dark";
  useTheme.setState({ theme });
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing: the choice holds for this load.
  }
}

function chosenTheme(): Theme | null {
  try {
    const chosen = localStorage.getItem(KEY);
    return chosen === "light" || chosen === "dark" ? chosen : null;
  } catch {
    return null;
  }
}

function systemTheme(): Theme {
  return darkSystem.matches ? "dark" : "light";
}
