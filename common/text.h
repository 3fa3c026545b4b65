/* The value of a constant as a piece of a string: with DUET_DISKS defined as 4, TEXT(DUET_DISKS) is
 * "4". The constant must be a number itself, without suffix: an expression becomes its text. */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#define TEXT(constant)  TEXT_(constant)
#define TEXT_(constant) #constant

#endif
