/* The other end of a control socket: `duet list`, `duet COMMAND NAME`. */
#ifndef DUET_VMM_CLIENT_H
#define DUET_VMM_CLIENT_H

#include <stdbool.h>

/* Whether this first word of duet's command line is one of these commands, and no guest. */
bool client_is_command(const char *word);

/* Does what the command line says, whose first word is the command. The exit status: 0; 1 after
 * saying why it was not done; 2 for a wrong command line. */
int client_main(int argc, char **argv);

#endif
