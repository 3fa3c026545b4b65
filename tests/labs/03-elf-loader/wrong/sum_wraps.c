//@ why The end of a segment is a sum that wraps, and loading trusts the check.
//@ loses wraps
//@ substitute vmm/boot/elf_image.c
    if (__builtin_add_overflow(phdr->p_paddr, phdr->p_memsz, &end))
        return fail("%s: segment %u wraps around the address space", image->path, index);
//@ by
    end = phdr->p_paddr + phdr->p_memsz;
//@ substitute vmm/boot/elf_image.c guest_mem_slice(mem, segment->paddr, segment->memsz) => mem->hva + (segment->paddr - mem->base)
