// Light, dark, or as the system has it. The style sheet does the rest.
const key = "theme";

export function watchTheme(onChange: () => void): void {
  const inputs = [...document.querySelectorAll<HTMLInputElement>('input[name="theme"]')];
  const stored = read();
  for (const input of inputs) {
    input.checked = input.value === stored;
    input.addEventListener("change", () => {
      write(input.value);
      apply(input.value);
      onChange();
    });
  }
  apply(stored);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onChange);
}

function apply(theme: string): void {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

// A browser may refuse storage; the switch then holds until the page is left.
function read(): string {
  try {
    const stored = localStorage.getItem(key);
    return stored === "light" || stored === "dark" ? stored : "auto";
  } catch {
    return "auto";
  }
}
function write(theme: string): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    return;
  }
}
