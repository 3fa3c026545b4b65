//@ why Nobody looks whether descriptors and rings are aligned.
//@ loses set_up
//@ substitute vmm/board/virtqueue.c
           place->descriptors % 16 == 0 && place->available % 2 == 0 && place->used % 4 == 0 &&
//@ by

