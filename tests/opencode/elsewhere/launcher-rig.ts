/** The plainest launcher there is: it runs what it is given. */
export const PLAIN_LAUNCHER = ["sh", "-c", 'exec "$@"', "plain"];
