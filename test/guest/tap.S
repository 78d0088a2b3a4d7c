/*
 * A library to be loaded before QEMU's others (LD_PRELOAD), on x86-64 Linux: it hands on what QEMU tells KVM that CPUID is to
 * answer (linux/kvm.h: KVM_SET_CPUID2), as it is in memory, to file descriptor 3.
 *
 *     as --64 -o tap.o tap.S
 *     ld -shared -o tap.so tap.o
 *
 * A kernel need not answer its guests what it is told: this is how the two are told apart.
 */
        .set    KVM_SET_CPUID2, 0x4008ae90
        .set    ENTRY, 40               /* sizeof(struct kvm_cpuid_entry2) */
        .set    SYS_WRITE, 1
        .set    SYS_IOCTL, 16
        .set    OUT, 3

        .text
        .globl  ioctl
        .type   ioctl, @function
ioctl:  cmpl    $KVM_SET_CPUID2, %esi
        jne     1f
        pushq   %rdi
        pushq   %rsi
        pushq   %rdx
        movq    %rdx, %rsi
        imull   $ENTRY, (%rsi), %edx    /* kvm_cpuid2.nent */
        addl    $8, %edx
        movl    $OUT, %edi
        movl    $SYS_WRITE, %eax
        syscall
        popq    %rdx
        popq    %rsi
        popq    %rdi
1:      movl    $SYS_IOCTL, %eax
        syscall
        cmpq    $-4095, %rax
        jae     2f
        ret
2:      negl    %eax
        pushq   %rax
        call    __errno_location@PLT
        popq    %rdx
        movl    %edx, (%rax)
        movq    $-1, %rax
        ret
        .size   ioctl, . - ioctl
        .section .note.GNU-stack, "", @progbits
