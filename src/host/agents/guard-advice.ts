/** What to do when the loop guard speaks: for the prompt of any agent. `docs/guards.md` has it for users' own agents. */
export const loopAdvice = `A line that begins with "[loop guard:", or an error with "Loop protection:", says that you go round in circles:
do not make that call again. Use what it has told you, change the arguments or the tool, or say what stands in the way and finish.`;

/** The same for an agent that works in the background. */
export const backgroundLoopAdvice = `${loopAdvice} The third refusal of the same call in a row ends your run.
When you are told that your turn was stopped because you only thought, take one concrete step at once.`;
