/** The variable that names the list of models which an opencode reads at its start (1.18.33). */
export const MODELS_PATH = "OPENCODE_MODELS_PATH";
