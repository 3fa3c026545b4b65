/* true: do nothing, with success. */
int main(void);

int
main(void)
{
    return 0;
}
