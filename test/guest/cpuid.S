/*
 * A multiboot kernel that prints what CPUID answers on the first processor, and ends QEMU.
 *
 *     as --32 -o cpuid.o cpuid.S
 *     ld -m elf_i386 -N -Ttext=0x100000 -e start -o cpuid.elf cpuid.o
 *     qemu-system-x86_64 -kernel cpuid.elf -display none -nodefaults -debugcon stdio -device isa-debug-exit,iobase=0xf4,iosize=4
 *
 * The same linked as a firmware image does without SeaBIOS, which takes long where KVM is itself in a virtual machine:
 *
 *     ld -m elf_i386 --oformat binary -Ttext=0xf0000 -Tbss=0x8000 -o cpuid.rom cpuid.o
 *     qemu-system-x86_64 -bios cpuid.rom ...
 *
 * A line for each leaf and subleaf: leaf, subleaf, eax, ebx, ecx, edx, eight hexadecimal digits each. Subleaves run from 0
 * to 63; one that answers the same as the one before it is left out. The last line is "end"; exit code 1 follows. Of topologies
 * (leaves 0xb and 0x1f) nothing is asked beyond the level that ends them: there QEMU 11.1 aborts.
 *
 * Only instructions of the 80486, no paging, no SSE, of the control registers only CR0.PE: what is seen is the CPU after
 * reset.
 */
        .set    DEBUGCON, 0xe9
        .set    EXIT, 0xf4
        .set    SUBLEAVES, 64
        /* No range has more leaves: an end beyond it is not one. */
        .set    LEAVES, 256

        .text
origin:
        .long   0x1badb002              /* multiboot header: magic, flags, checksum */
        .long   0
        .long   -0x1badb002

        .globl  start
start:
        cld
        movl    $stack_end, %esp
        movl    $ranges, %esi
1:      movl    (%esi), %ebp
        call    range
        addl    $4, %esi
        cmpl    $ranges_end, %esi
        jb      1b
        movl    $end_line, %esi
        movl    $end_line_size, %ecx
        call    print
        xorl    %eax, %eax
        movl    $EXIT, %edx
        outl    %eax, %dx
2:      hlt
        jmp     2b

/* The leaves from ebp to what the first of them names as the last. */
range:  pushl   %esi
        movl    %ebp, %eax
        xorl    %ecx, %ecx
        cpuid
        subl    %ebp, %eax
        movl    %eax, %esi              /* the number of the last, counted from the first */
        cmpl    $LEAVES, %esi
        jb      1f
        /*
         * There is no such range: what answered is another leaf. The first leaf is printed all the same, but for a second
         * hypervisor, which is not where programs look first; and the hypervisor's features are there even where its first
         * leaf names no last one.
         */
        xorl    %esi, %esi
        cmpl    $0x40000100, %ebp
        je      3f
        cmpl    $0x40000000, %ebp
        jne     1f
        incl    %esi
1:      addl    %ebp, %esi
2:      call    leaf
        cmpl    %esi, %ebp
        je      3f
        incl    %ebp
        jmp     2b
3:      popl    %esi
        ret

/* All subleaves of the leaf in ebp. */
leaf:   pushl   %esi
        movl    %ebp, row
        xorl    %esi, %esi
1:      movl    %ebp, %eax
        movl    %esi, %ecx
        cpuid
        testl   %esi, %esi
        jz      2f
        cmpl    %eax, row + 8
        jne     2f
        cmpl    %ebx, row + 12
        jne     2f
        cmpl    %ecx, row + 16
        jne     2f
        cmpl    %edx, row + 20
        je      3f
2:      movl    %esi, row + 4
        movl    %eax, row + 8
        movl    %ebx, row + 12
        movl    %ecx, row + 16
        movl    %edx, row + 20
        call    print_row
3:      cmpl    $0xb, %ebp
        je      4f
        cmpl    $0x1f, %ebp
        jne     5f
4:      testl   $0xff00, %ecx           /* a level without a type ends a topology */
        jz      6f
5:      incl    %esi
        cmpl    $SUBLEAVES, %esi
        jb      1b
6:      popl    %esi
        ret

/* row as text. */
print_row:
        pushal
        movl    $row, %esi
        movl    $line, %edi
1:      lodsl
        movl    %eax, %edx
        movl    $8, %ecx
2:      roll    $4, %edx
        movl    %edx, %eax
        andl    $15, %eax
        movb    digits(%eax), %al
        stosb
        loop    2b
        movb    $' ', %al
        stosb
        cmpl    $row_end, %esi
        jb      1b
        movb    $'\n', -1(%edi)
        movl    $line, %esi
        movl    %edi, %ecx
        subl    %esi, %ecx
        call    print
        popal
        ret

/* ecx bytes at esi: one instruction, since each exit to a hypervisor is dear. */
print:  movl    $DEBUGCON, %edx
        rep outsb
        ret

/* Data that is only read stays with the code, in the firmware's ROM. */
        .balign 4
ranges: .long   0, 0x40000000, 0x40000100, 0x80000000, 0xc0000000
ranges_end:
digits: .ascii  "0123456789abcdef"
end_line:
        .ascii  "end\n"
        .set    end_line_size, . - end_line

/* The firmware's way to `start`: from the reset vector to 32 bits. The code segment's base is 0xf0000 after a far jump. */
        .balign 8
gdt:    .quad   0
        .quad   0x00cf9b000000ffff
        .quad   0x00cf93000000ffff
gdtr:   .word   . - gdt - 1
        .long   gdt

        .code16
firmware:
        cli
        lgdtl   %cs:(gdtr - origin)
        movl    %cr0, %eax
        orb     $1, %al
        movl    %eax, %cr0
        ljmpl   $8, $flat
        .code32
flat:   movw    $16, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        jmp     start

/* Where the processor starts: the end of 64 KiB of ROM. */
        .org    0xfff0
        .code16
        ljmp    $0xf000, $(firmware - origin)
        .balign 16

        .bss
        .balign 16
row:    .space  24
row_end:
line:   .space  64
        .space  1024
stack_end:
