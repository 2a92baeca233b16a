CALL serai_protect('serai_partnership');
CALL serai_protect('serai_agreement');
