/* libfdt.h includes this; the part of libfdt that toyos uses needs nothing from it. */
