/*
 * The turns of toyos's journal: that nothing changes while a transaction is written, that what was
 * promised to be on the disk is there, that nobody overtakes an operation which waits for room, and
 * that nobody waits for ever. Checked by spin, exhaustively.
 *
 *   user     a thread with ROUNDS operations: journal_begin, journal_write, journal_end; then it wants
 *            to be sure (journal_commit), or not. enter_locked and commit_locked in
 *            toyos/kernel/fs/journal.c
 *   flusher  the thread that has the log emptied: journal_checkpoint
 *
 * sleep.pml has shown that a wait in a queue loses no wakeup: here it begins in one step with the
 * release of the journal's lock. The turn is a lock that is granted first come, first served. An
 * operation changes up to OP_MAX blocks of the ROOM that a transaction has.
 *
 * Correct, no run breaks an assertion, and all threads end. To see it fail, define one of:
 *
 *   NO_WAIT        a commit does not wait for the operations in progress
 *   BEGIN_ANYTIME  an operation begins while a transaction is being committed
 *   NO_RESERVE     what operations in progress may still need is not counted
 *   OVERTAKE       an operation takes the room that others wait for
 *   NO_WAKE        the end of an operation wakes nobody
 *   NO_PATIENCE    journal_commit does not wait for a commit that is in progress
 */
#ifndef USERS
#define USERS 2
#endif
#ifndef ROUNDS
#define ROUNDS 2
#endif
#define OP_MAX 2
#define ROOM   3 /* transaction_max */

bool lock_held = false; /* the journal's, which guards: */
byte operations = 0, waiting = 0, count = 0, sequence = 1;
bool is_committing = false;
bool asleep[USERS + 1] = false; /* in the journal's queue */

byte arrived = 0, turn = 0; /* the tickets */
bool writes = false;        /* the blocks are on their way to the log */
byte durable = 0;           /* the last transaction that is in the log for good */

inline acquire() { atomic { !lock_held -> lock_held = true } }

inline release() { lock_held = false }

inline wait_locked()
{
    atomic { asleep[self] = true; lock_held = false };
    !asleep[self];
    acquire()
}

inline wake()
{
    d_step {
        i = 0;
        do
        :: i <= USERS -> asleep[i] = false; i++
        :: else -> i = 0; break
        od
    }
}

inline turn_acquire()
{
    d_step { mine = arrived; arrived++ };
    turn == mine
}

inline turn_release()
{
    turn++
}

inline commit_locked()
{
    is_committing = true;
#ifndef NO_WAIT
    do
    :: operations > 0 -> wait_locked()
    :: else -> break
    od;
#endif
    if
    :: count > 0 ->
        writes = true; /* write_transaction, without the lock */
        release();
        acquire();
        writes = false;
        d_step { durable = sequence; sequence++; count = 0 }
    :: else
    fi;
    is_committing = false;
    wake()
}

#ifndef BEGIN_ANYTIME
#define BUSY is_committing
#else
#define BUSY false
#endif
#ifndef NO_RESERVE
#define MAY_NEED ((operations + 1) * OP_MAX)
#else
#define MAY_NEED OP_MAX
#endif
#define ENTERS (!BUSY && count + MAY_NEED <= ROOM)

inline enter() { operations++ }

inline journal_begin()
{
    acquire();
    if
#ifndef OVERTAKE
    :: !waiting && ENTERS -> enter(); release()
#else
    :: ENTERS -> assert(!waiting); enter(); release()
#endif
    :: else ->
        waiting++;
        release();
        turn_acquire();
        acquire();
        do
        :: ENTERS -> enter(); break
        :: else ->
            if
            :: !is_committing && operations == 0 -> commit_locked()
            :: else -> wait_locked()
            fi
        od;
        waiting--;
        release();
        turn_release()
    fi
}

inline journal_write()
{
    acquire();
    assert(!writes && operations > 0 && count < ROOM);
    count++;
    mine_in = sequence;
    release()
}

inline journal_end()
{
    acquire();
    operations--;
#ifndef NO_WAKE
    wake();
#endif
    release()
}

inline journal_commit()
{
    acquire();
    wanted = sequence;
    do
    :: sequence == wanted && (count > 0 || is_committing) ->
        if
#ifndef NO_PATIENCE
        :: is_committing -> wait_locked()
#else
        :: is_committing -> break
#endif
        :: else -> commit_locked()
        fi
    :: else -> break
    od;
    release()
}

proctype user(byte self)
{
    byte i = 0, mine, wanted, round = 0, writes_left, mine_in = 0;

    do
    :: round < ROUNDS ->
        round++;
        journal_begin();
        writes_left = OP_MAX;
        do
        :: writes_left > 0 -> writes_left--; journal_write()
        :: writes_left < OP_MAX -> break
        od;
        writes_left = 0;
        journal_end();
        if
        :: true -> journal_commit(); assert(durable >= mine_in); wanted = 0
        :: true
        fi
    :: else -> break
    od
}

active proctype flusher()
{
    byte i = 0, self = USERS, mine;

    turn_acquire();
    acquire();
    do
    :: is_committing -> wait_locked()
    :: else -> break
    od;
    commit_locked();
    release();
    turn_release()
}

init {
    byte user_number = 0;

    atomic {
        do
        :: user_number < USERS -> run user(user_number); user_number++
        :: else -> break
        od
    }
}
