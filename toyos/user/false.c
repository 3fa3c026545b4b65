/* false: do nothing, without success. */
int main(void);

int
main(void)
{
    return 1;
}
