//@ why The flags are a plain VALUE: unknown ones are not refused.
//@ loses table refuses
//@ from solution
//@ substitute abi/hypercalls.h FLAGS(flags, @REVERSE@), IN(text) => VALUE(flags), IN(text)
